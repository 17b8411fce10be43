import './language.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { fail, note } from './messages.ts';
import { bindAddress } from './settings/address.ts';
import { findSaved, isBusy, worker } from './training/client.ts';
import './styles/base.css';
import './styles/controls.css';
import './styles/panels.css';

bindAddress((faults) => note(`The link has parts that the playground does not know: ${faults.join(', ')}.`));
render(<App />, document.getElementById('app')!);
findSaved();

// Errors that no code expects are shown, not only logged.
addEventListener('unhandledrejection', (event) => fail(event.reason));
addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden' && isBusy.value) worker().store();
});
// Dropping a file beside an area for files must not replace the page.
for (const type of ['dragover', 'drop'])
  addEventListener(type, (event) => {
    event.preventDefault();
  });
