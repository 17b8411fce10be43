// A pad to draw digits on, with the pointer or with the arrow keys.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { SampleTile } from '../../components/sample-tile.tsx';
import { keepOwnDigits, readOwnDigits, SIDE, userDigits } from '../../data/digits.ts';
import { framedDigit } from '../../data/framing.ts';

/** Pixels of the pad. */
const PAD = 224;
const PEN = 18;
/** Pixels that an arrow key moves the pen. */
const STEP = 8;

/** Adds the digit on the pad to the list. The panel calls it before a training, so that no drawing is lost. */
export const pad: { add: () => boolean } = { add: () => false };

const steps: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export function DrawPad() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pen = useRef({ x: PAD / 2, y: PAD / 4, isDown: false });
  const position = useSignal<{ x: number; y: number; isDown: boolean } | undefined>(undefined);
  const announced = useSignal('');

  useEffect(() => {
    readOwnDigits();
    pad.add = add;
    return () => {
      add();
      pad.add = () => false;
    };
  }, []);

  const clear = (): void => canvas.current?.getContext('2d')?.clearRect(0, 0, PAD, PAD);

  function add(): boolean {
    const digit = canvas.current && framedDigit(canvas.current);
    if (!digit) return false;
    keepOwnDigits([...userDigits.value, digit]);
    clear();
    announced.value = `Digit ${userDigits.value.length} added`;
    return true;
  }

  const addOrSay = (): void => {
    if (!add()) announced.value = 'The pad is empty';
  };

  const lineTo = (x: number, y: number): void => {
    const context = canvas.current!.getContext('2d')!;
    context.lineWidth = PEN;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.strokeStyle = '#000';
    context.beginPath();
    context.moveTo(pen.current.x, pen.current.y);
    context.lineTo(x, y);
    context.stroke();
  };

  const moveTo = (x: number, y: number): void => {
    if (pen.current.isDown) lineTo(x, y);
    pen.current.x = x;
    pen.current.y = y;
  };

  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.current!.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * PAD, ((event.clientY - box.top) / box.height) * PAD];
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step) {
      const clamp = (value: number): number => Math.min(PAD - PEN / 2, Math.max(PEN / 2, value));
      moveTo(clamp(pen.current.x + step[0]), clamp(pen.current.y + step[1]));
    } else if (event.key === ' ') {
      pen.current.isDown = !pen.current.isDown;
      if (pen.current.isDown) lineTo(pen.current.x, pen.current.y);
      announced.value = pen.current.isDown ? 'Pen down' : 'Pen up';
    } else if (event.key === 'Enter') {
      pen.current.isDown = false;
      addOrSay();
    } else return;
    event.preventDefault();
    position.value = { ...pen.current };
  };

  return (
    <div class="draw">
      <p class="label">Draw your digits</p>
      <div
        class="pad"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
        tabIndex={0}
        aria-label="Pad to draw a digit. Arrow keys move the pen, Space puts it down or up, Enter adds the digit."
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const [x, y] = at(event);
          pen.current = { x, y, isDown: true };
          position.value = undefined;
          lineTo(x, y);
        }}
        onPointerMove={(event) => {
          if (event.buttons) moveTo(...at(event));
        }}
        onPointerUp={() => {
          pen.current.isDown = false;
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          pen.current.isDown = false;
          position.value = undefined;
        }}
      >
        <canvas ref={canvas} width={PAD} height={PAD} />
        {position.value && (
          <i
            class={position.value.isDown ? 'pen down' : 'pen'}
            style={{ left: `${(position.value.x / PAD) * 100}%`, top: `${(position.value.y / PAD) * 100}%` }}
          />
        )}
      </div>
      <div class="line">
        <button type="button" class="small" onClick={addOrSay}>
          Add digit
        </button>
        <button type="button" class="small quiet" onClick={clear}>
          Clear pad
        </button>
        <span class="hint" role="status">
          {announced.value}
        </span>
      </div>
      {userDigits.value.length > 0 && (
        <ul class="own" aria-label="Your digits">
          {userDigits.value.map((digit, i) => (
            <li key={digit}>
              <OwnDigit digit={digit} index={i} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const shape = [SIDE, SIDE, 1];

function OwnDigit({ digit, index }: { digit: Uint8Array; index: number }) {
  const values = useRef(Float32Array.from(digit, (value) => value / 255));
  return (
    <button
      type="button"
      class="remove"
      aria-label={`Remove digit ${index + 1}`}
      title="Remove"
      onClick={() => keepOwnDigits(userDigits.value.filter((_, i) => i !== index))}
    >
      <SampleTile values={values.current} shape={shape} form="picture" />
    </button>
  );
}
