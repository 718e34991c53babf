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
let again = "";

function load(url) {
  return import(url + again).catch((error) => {
    again = `?${Date.now()}`;
    throw error;
  });
}

/**
 * Load Python and the estimator, without holding up the page.
 * @param {object} options
 * @param {string} options.runtime  the folder of the runtime
 * @param {string} options.worker  the address of worker.py
 * @param {(progress: {loaded: number, total: number}) => void} [options.onProgress]  bytes as sent over the line
 * @returns {Promise<{respond: (request: string) => Promise<string>}>}
 */
export async function startPython({ runtime, worker, onProgress = () => {} }) {
  const folder = new URL(runtime.replace(/\/?$/, "/"), document.baseURI).href;
  const core = folder + "core.js";
  const code = new URL(worker, document.baseURI).href;
  // One channel for each start, so that two open pages don't hear each other.
  const name = `estimator-${Date.now()}-${String(Math.random()).slice(2)}`;
  const start = `${folder}start.mjs#${name}`;
  const channel = new BroadcastChannel(name);

  const failure = new Promise((_, reject) => {
    channel.onmessage = ({ data }) => {
      if (data.part) reject(new StartError(data.part, data.message));
      else onProgress(data);
    };
  });
  const success = (async () => {
    const [{ PyWorker }] = await Promise.all([
      load(core),
      // PyScript would run the server's "not found" page as Python.
      fetch(code).then(({ ok, status }) => {
        if (!ok) throw new Error(`status ${status}`);
      }),
    ]);
    const python = await PyWorker(code, {
      type: "pyodide",
      version: start,
      // "passthrough" has Pyodide load the names from its own lock; the empty list keeps PyScript from
      // loading a list of all the packages there are.
      config: { packages: ["massage-coverage-guide"], packages_cache: "passthrough", index_urls: [] },
    });
    return {
      async respond(request) {
        try {
          return await python.sync.respond(request);
        } catch (error) {
          throw new StartError("python", error.message);
        }
      },
    };
  })().catch(async (error) => {
    throw await blame([core, code, start], error);
  });

  try {
    return await Promise.race([failure, success]);
  } finally {
    failure.catch(() => {});
    success.catch(() => {});
    channel.close();
  }
}
