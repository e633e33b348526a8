import { openTrace, type Trace } from '../../scenarios/traces/open-trace.ts';
import type { TraceDecoderOptions, TraceSummary } from '../../scenarios/traces/trace-decoder.ts';
import type { TraceRow } from '../../scenarios/traces/trace-row.ts';

export interface ReadTrace {
  readonly rows: readonly TraceRow[];
  readonly summary: TraceSummary;
}

type Options = Partial<TraceDecoderOptions> & { readonly pieceBytes?: number };

/** Reads a text or bytes as a trace file called `a`, in pieces of a size. */
export async function readTrace(
  content: string | Uint8Array,
  { pieceBytes = 65_536, ...options }: Options = {},
): Promise<ReadTrace> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      yield bytes.subarray(at, at + pieceBytes);
    }
  }
  return collect(openTrace({ name: 'a', ...options, bytes: pieces() }));
}

export async function collect(trace: Trace): Promise<ReadTrace> {
  const rows: TraceRow[] = [];
  for await (const batch of trace.batches()) rows.push(...batch);
  return { rows, summary: trace.summary! };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A small file of each format, as its producer writes it. */
export const samples: Readonly<Record<string, string>> = {
  'azure-csv':
    'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109',
  'burstgpt-csv':
    'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n31,1,4.19,ChatGPT,85,113,198,Conversation log\n31,,1.5,GPT-4,380,0,380,API log\n35,2,16.91,ChatGPT,380,537,917,Conversation log\n',
  'mooncake-jsonl':
    '{"timestamp": 0, "input_length": 1100, "output_length": 500, "hash_ids": [0, 1, 2]}\n{"timestamp": 0, "input_length": 600, "output_length": 20, "hash_ids": [0, 3]}\n{"timestamp": 3000, "input_length": 1600, "output_length": 5, "hash_ids": [0, 1, 4, 5]}\n',
  'bailian-jsonl':
    '{"chat_id": 159, "parent_chat_id": -1, "timestamp": 61.114, "input_length": 33, "output_length": 132, "type": "text", "turn": 1, "hash_ids": [9, 8, 7]}\n{"chat_id": 160, "parent_chat_id": 159, "timestamp": 62.5, "input_length": 48, "output_length": 80, "type": "text", "turn": 2, "hash_ids": [9, 8, 6]}\n{"chat_id": 161, "parent_chat_id": 160, "timestamp": 70.25, "input_length": 50, "output_length": 8, "type": "file", "turn": 3, "hash_ids": [9, 8, 6]}\n',
  'weka-jsonl':
    '{"id": "trace_0001", "models": ["m"], "block_size": 64, "hash_id_scope": "local", "requests": [{"t": 0.0, "type": "n", "in": 100, "out": 16, "hash_ids": [1, 2]}, {"t": 2.5, "type": "subagent", "agent_id": "x", "requests": [{"t": 3.0, "type": "s", "in": 64, "out": 5, "hash_ids": [7]}]}, {"t": 9.0, "type": "n", "in": 150, "out": 7, "hash_ids": [1, 2, 3]}]}\n{"id": "trace_0002", "block_size": 64, "requests": [{"t": 0.0, "type": "n", "in": 128, "out": 16, "hash_ids": [1, 2]}, {"t": 4.0, "type": "n", "in": 130, "out": 1, "hash_ids": [1, 2]}]}\n',
  'sharegpt-json':
    '[{"id": "abc_0", "conversations": [{"from": "human", "value": "What is a \\"fairlead\\"? {["}, {"from": "gpt", "value": "A ring that guides a rope."}, {"from": "human", "value": "Thanks!"}, {"from": "gpt", "value": "You are welcome."}]},\n {"id": "abc_1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]}]\n',
  'fairlead-jsonl':
    '{"arrivalUs": 1000, "tenant": "chat", "session": "s1", "turn": 1, "inputTokens": 700, "outputTokens": 30, "adapter": "sql", "priority": 2, "blocks": {"tokens": 512, "ids": [3, 4]}, "replica": "a100-1"}\n{"arrivalS": 0.5, "inputTokens": 7, "outputTokens": 3}\n',
  'proxy-jsonl':
    '{"event":"request","arrival":"2026-11-21T22:20:49.500000Z","requestId":"b","tenant":"chat","session":7,"method":"POST","path":"/v1/chat/completions","outcome":"ok","status":200,"promptTokens":12,"outputTokens":3}\n{"event":"reload","msg":"the configuration was read again"}\n{"event":"request","arrival":"2026-11-21T22:20:48.999999Z","requestId":"a","tenant":"chat","outcome":"ok","status":200,"promptTokens":700,"outputTokens":90}\n{"event":"request","arrival":"2026-11-21T22:20:49.000000Z","requestId":"m","method":"GET","path":"/v1/models","outcome":"ok","status":200}\n',
  'vidur-csv':
    'num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n3772,54,3826,69.85\n2015,156,2171,12.9\n',
  'llmservingsim-jsonl':
    '{"input_toks": 2358, "output_toks": 531, "arrival_time_ns": 46926808}\n{"input_toks": 1034, "output_toks": 769, "arrival_time_ns": 347938951}\n',
};
