// The file is in examples/digits, a folder that works alone.
export * from '../../examples/digits/tools/digits/image-sheet.ts';
