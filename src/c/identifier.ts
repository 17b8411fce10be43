// The prefix of the names in a C file.

import { wrongType, wrongValue } from '../core/errors.ts';
import type { Check } from '../core/validate.ts';

/** Keywords of C99, C11 and C++20. */
const keywords = /* @__PURE__ */ new Set(
  (
    'alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const const_cast ' +
    'consteval constexpr constinit continue co_await co_return co_yield decltype default delete do double dynamic_cast ' +
    'else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not ' +
    'not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires restrict return short ' +
    'signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef ' +
    'typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq'
  ).split(' '),
);

/**
 * An identifier of at most 40 characters that is no keyword of C or C++. Names with a leading underscore or with two underscores in
 * a row are reserved for compilers.
 */
export const identifier: Check<string> = (name, value) => {
  const expected =
    'a C identifier of at most 40 characters, no keyword, without leading, trailing or double underscores';
  if (typeof value !== 'string') throw wrongType(name, expected, value);
  if (/^[A-Za-z](_?[A-Za-z0-9])*$/.test(value) && value.length <= 40 && !keywords.has(value)) return value;
  throw wrongValue(name, expected, value);
};
