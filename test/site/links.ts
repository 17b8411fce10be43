// Links of the pages of a built site.
import { posix } from 'node:path';

const isAddress = (target: string): boolean => /^(?:[a-z]+:|\/\/)/.test(target);

const attributes = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, value]) => value!);

/** Without code, whose text may look like a tag. */
const withoutCode = (html: string): string => html.replace(/<pre[\s\S]*?<\/pre>/g, '');

/**
 * The links and pictures of pages that lead to no file or to no heading. `pages`: HTML by path. `base`: the path of the site on its
 * server. `exists` tells whether the site has a file.
 */
export function deadLinks(
  pages: ReadonlyMap<string, string>,
  base: string,
  exists: (path: string) => boolean,
): string[] {
  const ids = new Map([...pages].map(([path, html]) => [path, new Set(attributes(html, /\sid="([^"]+)"/g))]));
  return [...pages].flatMap(([path, html]) => {
    const targets = attributes(withoutCode(html), /\s(?:href|src)="([^"]+)"/g).filter((target) => !isAddress(target));
    const isDead = (target: string): boolean => {
      const url = new URL(target, `http://site${base}${path}`);
      if (!url.pathname.startsWith(base)) return true;
      const name = decodeURIComponent(url.pathname.slice(base.length));
      const file = [name, `${name}.html`, posix.join(name, 'index.html')].find((one) => one && exists(one));
      if (file === undefined) return true;
      const anchor = decodeURIComponent(url.hash.slice(1));
      return anchor !== '' && pages.has(file) && !ids.get(file)!.has(anchor);
    };
    return [...new Set(targets)].filter(isDead).map((target) => `${path}: ${target}`);
  });
}

/** Scripts, styles and pictures that pages load from other servers. */
export const foreignParts = (pages: ReadonlyMap<string, string>): string[] =>
  [...pages].flatMap(([path, html]) =>
    attributes(withoutCode(html), /<(?:script|img|link|iframe)\s[^>]*?(?:src|href)="([^"]+)"/g)
      .filter(isAddress)
      .map((target) => `${path}: ${target}`),
  );
