// The preset dictionary of deflated JSON: texts that nearly all structures and codecs have. It is a part of version 1 of the format.

export const dictionaryTexts: readonly string[] = [
  '{"mode":"bounded","maxError":["float32","digest":"',
  '{"kind":"bytes","deflated":true,"channels":',
  '"windows-1252","utf-16le","utf-16be","all","texts","filled texts","\\r"',
  'YYYY-MM-DDThh:mm:ss.fffZ","DD/MM/YYYY","MM/DD/YYYY","hh.mm.ss","hh:mm:ss"',
  '"cells":{"bytes":1,"size":1}},{"kind":"text","codes":1,"dictionary":{"bytes":1,"size":1}},',
  '{"kind":"time","values":0,"pattern":"YYYY-MM-DD hh:mm:ss"},',
  '{"kind":"number","values":1,"format":{"decimalMark":",","grouped":false,"decimals":1,"minDecimals":0},',
  '"exceptions":{"codes":1,"texts":["-200","NaN","NA"]}},',
  '{"kind":"number","values":1,"format":{"decimalMark":".","grouped":false,"decimals":4,"minDecimals":1}}],',
  '{"__metadata__":{"format":"isthmus-codec","version":"2","model":"{\\"input\\":[1],\\"encoder\\":',
  '[{\\"type\\":\\"activation\\",\\"activation\\":\\"linear\\"}],\\"decoder\\":[]}","seed":"1","codec":"',
  '{\\"mode\\":\\"bounded\\",\\"maxError\\":[0.49,0.49],\\"samplesPerBlock\\":65535}","digest":"',
  '"},"codec.tables":{"dtype":"U8","shape":[22],"data_offsets":[0,22]}}',
  '{"kind":"csv","rows":1000,"quoteStyle":"needed","format":{"delimiter":",","lineEnd":"\\n","finalLineEnd":true,',
  '"encoding":"utf-8","byteOrderMark":false,"header":["timestamp","time","date","value"],"emptyColumns":0,"emptyRows":0,',
  '"cellsOfEmptyRows":0,"raggedRows":[]},"columns":[],"textBytes":0,"series":{"series":[',
  '{"store":"deflate","order":2,"bytes":20,"size":1000},{"store":"codec","low":0,"scale":1,"order":0,"first":0}],',
  '"groups":[{"window":1,"codec":{"bytes":80,"size":380},"payload":1000}]},',
  '"output":{"bytes":10000,"crc32":""},"reports":[{"bytes":20},{"bytes":10,"bound":0.01,"maxError":0.0099},{"bytes":',
];

/** The dictionary: `dictionaryTexts` one after the other, in ASCII. */
export const jsonDictionary: Uint8Array<ArrayBuffer> = new TextEncoder().encode(dictionaryTexts.join(''));
