// Text in a fixed-width font, in a box that scrolls with the pointer and with the keyboard.

export function ScrollText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls needs the keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
