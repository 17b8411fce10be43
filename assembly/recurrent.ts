// Time steps of recurrent layers.

export { gruGates, gruGatesBackward, gruState, gruStateBackward } from './gru';
export { clear } from './vector';
