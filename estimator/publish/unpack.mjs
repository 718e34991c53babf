// Put Python's files, a gzipped tar, where Python looks for them. The build adds this to pyodide.mjs.
async function unpack(FS, packed) {
  const HEADER = 512; // and files begin at its multiples
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const tar = new Uint8Array(await new Response(stream).arrayBuffer());
  const decoder = new TextDecoder();
  const text = (start, length) => decoder.decode(tar.subarray(start, start + length)).replace(/\0.*$/s, "");
  const folders = new Set();
  for (let at = 0, size; tar[at]; at += HEADER + HEADER * Math.ceil(size / HEADER)) {
    const path = `/lib/${text(at, 100)}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    size = parseInt(text(at + 124, 12), 8);
    if (!folders.has(folder)) FS.mkdirTree(folder);
    folders.add(folder);
    FS.writeFile(path, tar.subarray(at + HEADER, at + HEADER + size), { canOwn: true });
  }
}
