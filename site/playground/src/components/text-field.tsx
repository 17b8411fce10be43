// A field of free text that is bound to a setting.
import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Definitions, SettingName, TextDefinition } from '../settings/definitions.ts';
import { settings } from '../settings/state.ts';

type TextName = { [Name in SettingName]: Definitions[Name] extends TextDefinition ? Name : never }[SettingName];

interface TextFieldProps {
  readonly name: TextName;
  readonly label: string;
  readonly hint: string;
  readonly placeholder?: string;
}

export function TextField({ name, label, hint, placeholder = '' }: TextFieldProps) {
  const id = useId();
  const setting = settings[name] as Signal<string>;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={setting.value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          setting.value = event.currentTarget.value.trim();
        }}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
