// Starts Python in a worker and hands back the one function the page needs.

class StartError extends Error {
  constructor(part, message) {
    super(`${part}: ${message}`);
    this.name = "StartError";
    this.part = part; // the file that failed, or "python"
  }
}

// A file that the browser refuses to run is named by asking for it once more.
async function blame(urls, error) {
  if (error.part) return new StartError(error.part, error.message);
  for (const url of urls) {
    const name = new URL(url).pathname.split("/").pop();
    try {
      const { ok, status } = await fetch(url, { method: "HEAD", cache: "no-cache" });
      if (!ok) return new StartError(name, `status ${status}`);
    } catch (failure) {
      return new StartError(name, failure.message);
    }
  }
  return new StartError("python", String(error?.message ?? error));
}

// A browser remembers that a module failed to load; at another address it tries again.
const again = new Map();

function load(url) {
  return import(url + (again.get(url) ?? "")).catch((error) => {
    again.set(url, `?${Date.now()}`);
    throw error;
  });
}

function addresses(runtime) {
  const folder = new URL(runtime.replace(/\/?$/, "/"), document.baseURI).href;
  return ["download.mjs", "core.js", "start.mjs"].map((name) => folder + name);
}

const line = navigator.connection;
/** Whether the person's line is one where every megabyte counts: then only who asks for it gets Python. */
export const isMetered = Boolean(line?.saveData || line?.type === "cellular");

// PyScript would run the server's "not found" page as Python: whether worker.py is there is asked before.
async function there(code) {
  const { ok, status } = await fetch(code);
  if (!ok) throw new Error(`status ${status}`);
}

/**
 * Load Python and the estimator, without holding up the page.
 * @param {object} options
 * @param {string} options.runtime  the folder of the runtime
 * @param {string} options.worker  the address of worker.py
 * @param {(progress: {loaded: number, total: number}) => void} [options.onProgress]  bytes as sent over the line
 * @param {string} [options.rehearsal]  a request without anybody's answers: with its answer read, Python's memory can
 *   be kept for a later visit, if somebody asks for it
 * @returns {Promise<{respond: (request: string) => Promise<string>}>}
 */
export async function startPython({ runtime, worker, onProgress = () => {}, rehearsal = "" }) {
  const [download, core, start] = addresses(runtime);
  const code = new URL(worker, document.baseURI).href;
  // One channel for each start, so that two open pages don't hear each other.
  const name = `estimator-${Date.now()}-${String(Math.random()).slice(2)}`;
  const channel = new BroadcastChannel(name);

  const files = load(download);
  let taken = () => {};
  const failure = new Promise((_, reject) => {
    const rejectWith = ({ part, message }) => reject(new StartError(part, message));
    channel.onmessage = async ({ data: { part, message, arrived, wanted, memory } }) => {
      if (part) return rejectWith({ part, message });
      if (memory !== undefined) return taken(memory);
      const { count, file, keptMemory } = await files;
      const give = { memory: keptMemory, rehearsal: async () => new Blob([rehearsal]) }[wanted] ?? file;
      if (arrived) count(arrived);
      if (wanted) give(wanted).then((blob) => channel.postMessage({ name: wanted, blob }), rejectWith);
    };
    files.then(({ begin }) => begin().catch(rejectWith), () => {});
  });
  const takeMemory = () =>
    new Promise((done) => {
      taken = done;
      channel.postMessage({ take: true });
    }).finally(() => channel.close());
  const success = (async () => {
    files.then(({ watch }) => watch(onProgress), () => {});
    const [{ count, finish }, { PyWorker }] = await Promise.all([
      files,
      load(core),
      there(code),
    ]);
    count("core.js");
    const python = await PyWorker(code, {
      type: "pyodide",
      version: `${start}#${name}`,
      // The package is part of Python's library here; the empty list keeps PyScript from loading a list of all the
      // packages there are.
      config: { packages: [], packages_cache: "passthrough", index_urls: [] },
    });
    finish(rehearsal ? takeMemory : null);
    if (!rehearsal) channel.close();
    return {
      async respond(request) {
        try {
          return await python.sync.respond(request);
        } catch (error) {
          files.then(({ doubtMemory }) => doubtMemory());
          throw new StartError("python", error.message);
        }
      },
    };
  })().catch(async (error) => {
    throw await blame([download, core, code, start], error);
  });

  try {
    return await Promise.race([failure, success]);
  } catch (error) {
    channel.postMessage({ stop: true });
    files.then(({ forget }) => forget(error.part), () => {});
    channel.close();
    throw error;
  } finally {
    failure.catch(() => {});
    success.catch(() => {});
  }
}
