// Two stores in which a model survives a reload of the page. loadModel takes the result of both.

const NAME = 'isthmus-example';

/** A promise of the result of an IndexedDB request. */
const resultOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function openStore(mode) {
  const request = indexedDB.open(NAME);
  request.onupgradeneeded = () => request.result.createObjectStore('models');
  const database = await resultOf(request);
  return database.transaction('models', mode).objectStore('models');
}

/** IndexedDB: for a model that belongs to other data in the database. */
export const databaseStore = {
  put: async (bytes) => resultOf((await openStore('readwrite')).put(bytes, 'model')),
  get: async () => resultOf((await openStore('readonly')).get('model')),
  clear: async () => resultOf((await openStore('readwrite')).clear()),
};

const url = new URL('model.safetensors', import.meta.url);

/** A Cache: for a model that has a URL. A service worker can answer requests for it. */
export const cacheStore = {
  put: async (bytes) => (await caches.open(NAME)).put(url, new Response(bytes)),
  get: async () => (await caches.open(NAME)).match(url),
  clear: () => caches.delete(NAME),
};
