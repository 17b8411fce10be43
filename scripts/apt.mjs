// Installs packages of Debian for the tests.
import { spawnSync } from 'node:child_process';

/** Installs packages where apt-get and root are available. It prints errors only. */
export function installDebianPackages(packages) {
  const apt = (...args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
  };
  if (packages.length === 0 || process.platform !== 'linux' || process.getuid() !== 0 || apt('--version').error) return;
  console.log(`installing ${packages.join(', ')}: apt-get`);
  apt('update');
  const { status, stderr } = apt('install', '-y', '--no-install-recommends', ...packages);
  if (status !== 0) console.log(stderr);
}

/** Installs the compilers that the tests of isthmus/c and of its document run, unless they are installed. */
export function installCompilers() {
  const missing = ['gcc', 'g++'].filter((name) => spawnSync(name, ['--version']).error);
  installDebianPackages(missing.length ? [...missing, 'libc6-dev'] : []);
}
