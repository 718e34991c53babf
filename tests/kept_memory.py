"""What a browser keeps of Python's memory, looked at and changed from a page's own scripts."""

# The browser keeps it.
IS_THERE = """(async () => {
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys())
            if (url.endsWith("/memory")) return true;
    return false;
})()"""

# Puts another text of the same length wherever one stands, and says how often that was. As `sealed` says, the seal
# is made anew as if Python had stood like that, or left as it is.
REWRITE = """(async (from, to, sealed) => {
    const [before, after] = [from, to].map((text) => new TextEncoder().encode(text));
    const digest = async (...parts) =>
        crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
    let count = 0;
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) {
            if (!url.endsWith("/memory")) continue;
            const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
            let at = bytes.indexOf(before[0]);
            for (; at >= 0; at = bytes.indexOf(before[0], at + 1)) {
                if (before.some((byte, i) => bytes[at + i] !== byte)) continue;
                bytes.set(after, at);
                count += 1;
            }
            const seal = await digest(await digest(bytes.subarray(32)), navigator.userAgent);
            if (sealed) bytes.set(new Uint8Array(seal));
            await cache.put(url, new Response(bytes));
        }
    }
    return count;
})"""


def rewrite(old, new, *, sealed):
    """The script that puts one text in the place of another."""
    assert len(old) == len(new)
    return f"{REWRITE}({old!r}, {new!r}, {'true' if sealed else 'false'})"
