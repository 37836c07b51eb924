// The committed schema is the contract; what is generated from it is never edited nor committed.
import { defineConfig } from '@hey-api/openapi-ts';

export default defineConfig({
  input: '../diversion/api/openapi.json',
  output: { path: 'src/api/generated' },
  plugins: ['@hey-api/typescript'],
});
