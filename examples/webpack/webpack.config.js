// Nothing in it is for isthmus: src/index.js to dist/main.js.
export default { mode: 'production' };
