export interface Ask {
  readonly url: string;
  readonly key?: string;
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

/** What a client has seen of its request; times are those of `performance.now()`. */
export interface Asked {
  readonly sentMs: number;
  /** 0 where no answer came. */
  status: number;
  replica: string | undefined;
  reason: string | undefined;
  retryAfterS: number | undefined;
  /** Of the first piece of a stream. */
  firstMs: number | undefined;
  /** Undefined while it is under way. */
  end: 'whole' | 'refused' | 'error event' | 'broken' | undefined;
}

/** Sends a request for a stream and follows it; what goes wrong is in what comes back. */
export function ask(options: Ask): { readonly asked: Asked; readonly over: Promise<Asked> } {
  const asked: Asked = {
    sentMs: performance.now(),
    status: 0,
    ...{ replica: undefined, reason: undefined, retryAfterS: undefined },
    ...{ firstMs: undefined, end: undefined },
  };
  const over = follow(options, asked).catch(() => {
    asked.end = 'broken';
  });
  return { asked, over: over.then(() => asked) };
}

async function follow(options: Ask, asked: Asked): Promise<void> {
  const { key, maxTokens, promptIds, signal, url } = options;
  const answer = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      prompt: promptIds,
      max_tokens: maxTokens,
      ignore_eos: true,
      stream: true,
    }),
    signal,
  });
  asked.status = answer.status;
  asked.replica = answer.headers.get('x-fairlead-replica') ?? undefined;
  asked.reason = answer.headers.get('x-fairlead-reason') ?? undefined;
  const retryAfter = answer.headers.get('retry-after');
  if (retryAfter !== null) asked.retryAfterS = Number(retryAfter);
  if (!answer.ok) {
    await answer.body?.cancel();
    asked.end = 'refused';
    return;
  }
  let text = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    asked.firstMs ??= performance.now();
    // An event may come in two pieces; of the last ones there is always enough.
    text = (text + piece).slice(-mostKept);
  }
  asked.end = endOf(text);
}

const mostKept = 4_096;

function endOf(text: string): NonNullable<Asked['end']> {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  if (last === 'data: [DONE]') return 'whole';
  return last.startsWith('data: {"error"') ? 'error event' : 'broken';
}
