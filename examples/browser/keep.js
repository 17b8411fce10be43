// Two places where a page keeps a model over a reload. What they get back, loadModel takes as it is.

const NAME = 'isthmus-example';

/** Resolves to the result of a request of IndexedDB. */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode) {
  const request = indexedDB.open(NAME);
  request.onupgradeneeded = () => request.result.createObjectStore('models');
  const database = await done(request);
  return database.transaction('models', mode).objectStore('models');
}

/** For models that belong to the data around them. */
export const inDatabase = {
  put: async (bytes) => done((await store('readwrite')).put(bytes, 'model')),
  get: async () => done((await store('readonly')).get('model')),
  clear: async () => done((await store('readwrite')).clear()),
};

const address = new URL('model.safetensors', import.meta.url);

/** For models that came from the network, or look as if they had: a service worker may answer with them. */
export const inCache = {
  put: async (bytes) => (await caches.open(NAME)).put(address, new Response(bytes)),
  get: async () => (await caches.open(NAME)).match(address),
  clear: () => caches.delete(NAME),
};
