// Runtimes that lack something, played by a WebAssembly.validate that says no.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs code as a module in a process of its own, in which `validate` refuses what `refuses` says. */
function play(refuses: string, code: string): string {
  const text = `
    const validate = WebAssembly.validate;
    WebAssembly.validate = (bytes) => !(${refuses})(bytes) && validate(bytes);
    const { autoencoder, dense, fit, saveModel } = await import('isthmus');
    const spec = { input: [20], encoder: [dense({ units: 7, activation: 'gelu' })], decoder: [dense({ units: 20 })] };
    const x = Float32Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 101) / 101);
    ${code}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', text], { cwd: root, encoding: 'utf8' });
}

const train = (options: string): string => `
  const model = await autoencoder(spec, { seed: 1 });
  await fit(model, x, { epochs: 2, ${options} });
  const { createHash } = await import('node:crypto');
  console.log(createHash('sha256').update(saveModel(model)).digest('hex'));`;

describe('a runtime', () => {
  it('without SIMD is told so, again and again', () => {
    const code = `
      for (let i = 0; i < 2; i++) await autoencoder(spec).catch((e) => console.log(e.name, e.feature, e.message));`;
    const line = 'UnsupportedError WebAssembly SIMD this runtime lacks WebAssembly SIMD\n';
    assert.equal(play('() => true', code), line + line);
  });

  it('without WebAssembly is told so', () => {
    const code = 'delete globalThis.WebAssembly; await autoencoder(spec).catch((e) => console.log(e.message));';
    assert.equal(play('() => false', code), 'this runtime lacks WebAssembly\n');
  });

  it('without relaxed SIMD trains strict: the bits of deterministic mode', () => {
    // f32x4.relaxed_madd, as it stands in the probe.
    const relaxed = "(bytes) => bytes.join().includes('253,133,2')";
    const strict = play('() => false', train('deterministic: true'));
    assert.equal(play(relaxed, train('')), strict);
    assert.equal(play('() => false', train('deterministic: true')), strict);
  });

  it('with relaxed SIMD uses it: other bits, unless deterministic', () => {
    assert.notEqual(play('() => false', train('')), play('() => false', train('deterministic: true')));
  });
});
