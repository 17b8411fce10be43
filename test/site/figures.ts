// `node test/site/figures.ts`: measures the playground in Chromium. Run it with `taskset -c 0` for one core.
import { readdirSync } from 'node:fs';
import { chromium } from '../runtimes/browser.ts';
import { servePlayground, until } from './playground.ts';

/** Seconds of training in which the frames are measured. */
const SECONDS = 10;

const site = await servePlayground('figures');
const tab = await chromium.launch();
await tab.resize(1280, 900);
await tab.open(site.page);
await until(tab, `document.querySelector('.actions .primary')`);
await tab.drag('.pad', [
  { x: 0.3, y: 0.2 },
  { x: 0.7, y: 0.2 },
  { x: 0.4, y: 0.85 },
]);
await tab.evaluate(`(() => {
  window.figures = { first: 0, frames: 0, longestFrame: 0, longTasks: [] };
  const button = document.querySelector('.actions .primary');
  button.addEventListener('click', () => { figures.click ??= performance.now(); }, { capture: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) if (startTime > figures.click) figures.longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask' });
  let previous = performance.now();
  const frame = (now) => {
    if (figures.click) {
      figures.frames++;
      figures.longestFrame = Math.max(figures.longestFrame, now - previous);
      if (!figures.first && document.querySelector('canvas[aria-label="Output 1"]')) figures.first = now - figures.click;
    }
    previous = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return '';
})()`);
await tab.click('.actions .primary');
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
const figures = JSON.parse(await tab.evaluate('JSON.stringify(figures)'));
const text = await tab.evaluate(`document.querySelector('.status').innerText.replaceAll('\\n', ' ')`);
console.log(`first reconstruction ${Math.round(figures.first)} ms after the click`);
console.log(`${figures.frames} frames in ${SECONDS} s, the longest ${Math.round(figures.longestFrame)} ms`);
console.log(`tasks of 50 ms or more on the main thread: ${figures.longTasks.join(', ') || 'none'}`);
console.log(text);
console.log(readdirSync(`${site.files}assets`).join(' '));
await tab.close();
site.close();
