// For Workers: parcels are made, or those in the request are read.
import { make, read } from './exchange.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await (request.method === 'POST' ? read(await request.json()) : make()));
  },
};
