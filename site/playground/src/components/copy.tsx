// Text to copy: lines of JavaScript or a command.
import { useSignal } from '@preact/signals';
import { ScrollText } from './scroll-text.tsx';

interface CopyProps {
  readonly title: string;
  /** The purpose of the text, in one sentence. */
  readonly hint: string;
  readonly text: string;
}

/** The text with a button. Where the browser forbids the clipboard, the text is selected instead. */
export function CopyText({ title, hint, text }: CopyProps) {
  const answer = useSignal('');
  const copy = async (box: HTMLElement): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      answer.value = 'Copied';
    } catch {
      const pre = box.closest('.copy')?.querySelector('pre');
      if (pre) getSelection()?.selectAllChildren(pre);
      answer.value = 'Selected: press Ctrl+C or ⌘C';
    }
    setTimeout(() => {
      answer.value = '';
    }, 4000);
  };
  return (
    <section class="copy" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <span class="hint" role="status">
          {answer.value}
        </span>
        <button type="button" class="small" onClick={(event) => copy(event.currentTarget)}>
          Copy<span class="visually-hidden"> {title.toLowerCase()}</span>
        </button>
      </header>
      <p class="hint">{hint}</p>
      <ScrollText label={title} text={text} />
    </section>
  );
}
