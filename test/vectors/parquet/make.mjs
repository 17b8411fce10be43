// Writes readings.parquet: npm install hyparquet-writer && node make.mjs
import { writeFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';

const rows = Array.from({ length: 60 }, (_, i) => i);
const columnData = [
  { name: 'time', data: rows.map((i) => new Date(Date.UTC(2026, 0, 1, 0, i))), type: 'TIMESTAMP' },
  { name: 'count', data: rows.map((i) => BigInt(i * i)), type: 'INT64' },
  { name: 'level', data: rows.map((i) => (i === 7 ? undefined : Math.sin(i / 5))), type: 'DOUBLE' },
  { name: 'place', data: rows.map((i) => (i % 2 ? 'Åre' : 'Oulu')), type: 'STRING' },
];
writeFileSync(new URL('readings.parquet', import.meta.url), Buffer.from(parquetWriteBuffer({ columnData })));
