/** wrangler.json imports files of this name as bytes. */
declare module '*.safetensors' {
  const bytes: ArrayBuffer;
  export default bytes;
}
