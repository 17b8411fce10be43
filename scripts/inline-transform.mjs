// A transform of the AssemblyScript compiler: inlines each function whose doc comment contains `@inline`. The compiler's
// own mark, a decorator on a function, is not valid TypeScript: neither the formatter nor the linter can parse it.
import { Node, NodeKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';

/** The text of the doc comment that ends where a declaration starts, or ''. */
export function docOf({ range }) {
  const before = range.source.text.slice(0, range.start).trimEnd();
  return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
}

export default class extends Transform {
  afterParse(parser) {
    for (const source of parser.sources) {
      if (source.isLibrary) continue;
      for (const statement of source.statements) {
        if (statement.kind !== NodeKind.FunctionDeclaration || !docOf(statement).includes('@inline')) continue;
        const inline = Node.createIdentifierExpression('inline', statement.range);
        statement.decorators = [Node.createDecorator(inline, null, statement.range)];
      }
    }
  }
}
