const { join } = require('node:path');

/** Without the Babel preset of React Native, Metro must convert imports to `require` calls itself. */
const getTransformOptions = async () => ({ transform: { experimentalImportSupport: true, inlineRequires: false } });

module.exports = {
  projectRoot: __dirname,
  watchFolders: [join(__dirname, '..')],
  transformer: { getTransformOptions },
};
