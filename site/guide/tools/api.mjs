// Writes the API reference as Markdown, by typedoc with typedoc-plugin-markdown.
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guide = fileURLToPath(new URL('../', import.meta.url));

/** Writes a page for each export, the index and the sidebar to a folder. Errors: Error if typedoc reports an error. */
export async function writeApi(folder) {
  const app = await Application.bootstrapWithPlugins({
    options: `${root}typedoc.json`,
    tsconfig: `${root}tsconfig.build.json`,
    emit: 'docs',
    name: 'isthmus',
    out: folder,
    plugin: ['typedoc-plugin-markdown', `${guide}tools/typedoc-plugin.mjs`],
    entryFileName: 'index',
    outputFileStrategy: 'members',
    excludeReferences: true,
    excludeNotDocumented: true,
    disableSources: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    sanitizeComments: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    validation: false,
    logLevel: 'Warn',
    pageTitleTemplates: { member: ({ name }) => name, module: ({ name }) => name, index: () => 'API' },
  });
  const project = await app.convert();
  if (!project) throw new Error('typedoc cannot read the sources');
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error('typedoc reported errors');
}
