const { join } = require('node:path');

/** Without React Native's preset of Babel, imports are for Metro itself to turn into calls. */
const getTransformOptions = async () => ({ transform: { experimentalImportSupport: true, inlineRequires: false } });

module.exports = {
  projectRoot: __dirname,
  watchFolders: [join(__dirname, '..')],
  transformer: { getTransformOptions },
};
