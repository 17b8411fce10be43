declare module 'cloudflare:workers' {
  export class DurableObject<Env> {
    constructor(state: import('./platform.ts').ObjectState, env: Env);
    protected readonly ctx: import('./platform.ts').ObjectState;
    protected readonly env: Env;
  }
}
