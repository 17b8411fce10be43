// Fields that are bound to settings.
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import {
  type ChoiceDefinition,
  type Definitions,
  definitions,
  type NumberDefinition,
  type SettingName,
} from '../settings/definitions.ts';
import { settings } from '../settings/state.ts';

type NamesOf<Kind> = { [Name in SettingName]: Definitions[Name] extends Kind ? Name : never }[SettingName];
export type NumberName = NamesOf<NumberDefinition>;
export type ChoiceName = NamesOf<ChoiceDefinition<string>>;

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly disabled?: boolean;
}

/** The text of a number without an exponent and without zeros at its end. */
const textOf = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

export function NumberField({ name, label, hint, disabled, unit }: FieldProps & { name: NumberName; unit?: string }) {
  const id = useId();
  const { minimum, maximum, digits } = definitions[name];
  const setting = settings[name] as Signal<number>;
  const fault = useSignal('');
  const change = (input: HTMLInputElement): void => {
    const value = Number(input.value.replace(',', '.'));
    const isValid = input.value.trim() !== '' && value >= minimum && value <= maximum;
    const isWhole = digits > 0 || Number.isInteger(value);
    if (!isValid || !isWhole) {
      const range = `from ${textOf(minimum, digits)} to ${textOf(maximum, digits)}`;
      fault.value = `Enter a ${digits > 0 ? '' : 'whole '}number ${range}.`;
      return;
    }
    fault.value = '';
    setting.value = Number(value.toFixed(digits));
    input.value = textOf(setting.value, digits);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="input">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={textOf(setting.value, digits)}
          disabled={disabled}
          aria-invalid={fault.value ? 'true' : undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => change(event.currentTarget)}
        />
        {unit && <span class="unit">{unit}</span>}
      </span>
      <p class={fault.value ? 'hint fault' : 'hint'} id={`${id}-hint`}>
        {fault.value || hint}
      </p>
    </div>
  );
}

interface ChoiceProps<Name extends ChoiceName> extends FieldProps {
  readonly name: Name;
  /** The label of each value. A value without a label is not offered. */
  readonly labels: Partial<Readonly<Record<Definitions[Name]['initial'], string>>>;
}

export function SelectField<Name extends ChoiceName>({ name, label, hint, disabled, labels }: ChoiceProps<Name>) {
  const id = useId();
  const setting = settings[name] as Signal<string>;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={setting.value}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          setting.value = event.currentTarget.value;
        }}
      >
        {Object.entries(labels).map(([value, text]) => (
          <option key={value} value={value}>
            {text as string}
          </option>
        ))}
      </select>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

/** A number from 0 to 1 as a slider. */
export function SliderField({ name, label, hint }: FieldProps & { name: NumberName }) {
  const id = useId();
  const { minimum, maximum, digits } = definitions[name];
  const setting = settings[name] as Signal<number>;
  return (
    <div class="field">
      <label for={id}>
        {label} <output class="number">{textOf(setting.value, digits)}</output>
      </label>
      <input
        id={id}
        type="range"
        min={minimum}
        max={maximum}
        step={10 ** -digits}
        value={setting.value}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          setting.value = Number(event.currentTarget.value);
        }}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
