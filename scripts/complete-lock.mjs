// A registry that holds only some platforms' packages makes `npm install` write a
// lockfile without the others, which `npm ci` then refuses. This adds the missing
// optional platform packages by name and version, so that the lockfile is the same
// whatever registry wrote it. Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

for (const folder of ['', 'bench/', 'test/runtimes/tools/', 'test/worker/tools/', 'test/frameworks/']) {
  const file = new URL(`../${folder}package-lock.json`, import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  complete(lock, folder === '');
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}

function complete(lock, dev) {
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const known = Object.keys(lock.packages).some((key) => key.endsWith(`node_modules/${name}`));
      const os = systems.find((system) => new RegExp(`\\b${system}`).test(name));
      if (known || !place || !/^\d/.test(version) || !os) continue;
      const cpu = processors.find((processor) => new RegExp(`\\b${processor}`).test(name));
      lock.packages[`node_modules/${name}`] = {
        version,
        ...(cpu && { cpu: [cpu] }),
        ...(dev && { dev }),
        optional: true,
        os: [os],
        engines: { node: '>=18' },
      };
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
}
