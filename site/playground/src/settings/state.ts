// The value of every setting as a signal, and the panel that is shown.
import { type Signal, signal } from '@preact/signals';
import { type Definitions, definitions, type Panel, type SettingName, type ValueOf } from './definitions.ts';

export type Settings = { readonly [Name in SettingName]: Signal<ValueOf<Definitions[Name]>> };

export const settings = Object.fromEntries(
  Object.entries(definitions).map(([name, { initial }]) => [name, signal(initial)]),
) as unknown as Settings;

export const panel = signal<Panel>('train');
