// A client for the calls of the Worker.

export interface Sent {
  readonly windows: number;
  readonly scored: boolean;
  /** Windows without a score. */
  readonly unscored: number;
  /** Number of missing readings (NaN, infinities) by channel. */
  readonly missing: Readonly<Record<string, number>>;
  readonly threshold: number | null;
  readonly anomalies: readonly {
    readonly window: number;
    readonly from: string;
    readonly score: number | null;
    readonly threshold: number;
    readonly channels?: Readonly<Record<string, number>>;
    readonly readings?: readonly { channel: string; at: string; value: number; share: number }[];
    readonly missing?: Readonly<Record<string, number>>;
  }[];
}

export interface Training {
  readonly phase: string;
  readonly windows: number;
  readonly epoch: number;
  readonly slices: number;
  readonly loss: readonly number[];
  readonly threshold?: number;
  readonly error?: string;
}

export class Client {
  readonly #base: string;
  readonly #token: string;

  constructor(url: string, id: string, token: string) {
    this.#base = `${url.replace(/\/$/, '')}/devices/${id}`;
    this.#token = token;
  }

  async #send(method: string, path: string, body?: Uint8Array<ArrayBuffer> | object): Promise<Response> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      ...(body && { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** Registers the device. Requires the owner's token. */
  async register(profile: object): Promise<void> {
    await this.#send('PUT', '', profile);
  }

  /** Gets a new token for the device. The previous token is void. Requires the owner's token. */
  async newToken(): Promise<string> {
    return ((await (await this.#send('POST', '/token')).json()) as { token: string }).token;
  }

  async put(model: 'codec' | 'detector', file: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#send('PUT', `/${model}`, file);
  }

  async get(model: 'codec' | 'detector'): Promise<ArrayBuffer> {
    return (await this.#send('GET', `/${model}`)).arrayBuffer();
  }

  /** Posts compressed windows. The first one begins at `from`. */
  async post(from: Date, bytes: Uint8Array<ArrayBuffer>): Promise<Sent> {
    return (await this.#send('POST', `/readings?from=${from.toISOString()}`, bytes)).json() as Promise<Sent>;
  }

  /** Starts a training on the windows in [from, to) and waits for its end. */
  async train(request: object, onProgress: (training: Training) => void = () => {}): Promise<Training> {
    await this.#send('POST', '/training', request);
    for (;;) {
      const training = (await (await this.#send('GET', '/training')).json()) as Training;
      onProgress(training);
      if (training.phase === 'done') return training;
      if (training.phase === 'failed') throw new Error(training.error);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
