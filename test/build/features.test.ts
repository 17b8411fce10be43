// Runtimes without a feature, simulated by a replaced WebAssembly.validate.
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
  it('without SIMD gets an error that names SIMD, at each call', () => {
    const code = `
      for (let i = 0; i < 2; i++) await autoencoder(spec).catch((e) => console.log(e.name, e.feature, e.message));`;
    const line =
      'UnsupportedError WebAssembly SIMD this runtime lacks WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, Node 22 have it\n';
    assert.equal(play('() => true', code), line + line);
  });

  it('without WebAssembly gets an error that names WebAssembly', () => {
    const code = 'delete globalThis.WebAssembly; await autoencoder(spec).catch((e) => console.log(e.message));';
    assert.equal(play('() => false', code), 'this runtime lacks WebAssembly: it is switched off, or too old\n');
  });

  it('that forbids to compile gets an error that names the permission, and compilation is tried again', () => {
    const code = `
      const { compile } = WebAssembly;
      WebAssembly.compile = async () => { throw new WebAssembly.CompileError('blocked by CSP'); };
      for (let i = 0; i < 2; i++) await autoencoder(spec).catch((e) => console.log(e.name, e.message, e.cause.message));
      WebAssembly.compile = compile;
      console.log((await autoencoder(spec)).parameterCount);`;
    const line =
      "UnsupportedError this runtime lacks permission to compile WebAssembly: script-src in the page's Content-Security-Policy needs 'wasm-unsafe-eval'; the bundler of a Worker must resolve the condition workerd and keep .wasm files as modules blocked by CSP\n";
    assert.equal(play('() => false', code), `${line}${line}307\n`);
  });

  it('without free memory gets an error with the size, and the model does not change', () => {
    const code = `
      const full = () => { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); };
      const wide = { ...spec, encoder: [dense({ units: 4000 })] };
      const model = await autoencoder(wide, { seed: 1 });
      const before = model.encode(x).join();
      const { Memory } = WebAssembly;
      const { grow } = Memory.prototype;
      Memory.prototype.grow = full;
      const say = (e) => console.log(e.name, e.message);
      await fit(model, x).catch(say);
      await autoencoder({ ...spec, encoder: [dense({ units: 2 ** 17 })] }).catch(say);
      WebAssembly.Memory = full;
      await autoencoder(spec).catch(say);
      WebAssembly.Memory = Memory;
      Memory.prototype.grow = grow;
      console.log(model.encode(x).join() === before, (await fit(model, x)).epoch);`;
    const end =
      'which this runtime refused: drop models that are no longer used, or take a smaller one or smaller batches\n';
    const [train, wide, any, last] = play('() => false', code).split(/(?<=\n)/);
    assert.match(train!, /^RangeError "model" expected 3 MB of memory/);
    assert.match(wide!, /^RangeError "model" expected 21 MB of memory/);
    assert.match(any!, /^RangeError "model" expected 1 MB of memory/);
    for (const line of [train, wide, any]) assert.ok(line!.endsWith(end), line!);
    assert.equal(last, 'true 1\n');
  });

  it('without relaxed SIMD trains with strict kernels and gives the bits of deterministic mode', () => {
    // The bytes of f32x4.relaxed_madd in the probe.
    const relaxed = "(bytes) => bytes.join().includes('253,133,2')";
    const strict = play('() => false', train('deterministic: true'));
    assert.equal(play(relaxed, train('')), strict);
    assert.equal(play('() => false', train('deterministic: true')), strict);
  });

  it('with relaxed SIMD trains with relaxed kernels unless deterministic is set', () => {
    assert.notEqual(play('() => false', train('')), play('() => false', train('deterministic: true')));
  });
});
