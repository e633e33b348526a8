/** What a command answers to the shell; scripts rely on these numbers. */
export const exitCode = {
  ok: 0,
  no: 1,
  inconclusive: 2,
  invalidRun: 3,
  usage: 64,
  internal: 70,
  interrupted: 130,
} as const;

/**
 * Every mistake a user can make has a code that never changes, so that it can be searched for.
 * `docs/errors.md` is generated from this table.
 */
export const errorTable = {
  SCENARIO_NOT_FOUND: 'No scenario of this name in the library, and no such file.',
  SCENARIO_UNREADABLE: 'The file or address exists but could not be read.',
  SCENARIO_SYNTAX: 'The file is not valid YAML or JSON.',
  SCENARIO_INVALID: 'A key or value of the scenario is unknown, missing or out of range.',
  SLO_SYNTAX: 'A service level objective does not follow the grammar.',
  STRATEGY_UNKNOWN: 'No strategy of this name.',
  STRATEGY_OPTIONS: 'An option of a strategy is unknown or out of range.',
  GPU_UNKNOWN: 'No GPU of this name in the catalogue.',
  MODEL_UNKNOWN: 'No model of this name in the catalogue.',
  MODEL_CONFIG_UNREADABLE: 'The config.json of a model could not be read, or is not JSON.',
  MODEL_CONFIG_INVALID: 'The config.json lacks a field, or describes a model we do not understand.',
  ENGINE_UNSUPPORTED: 'vLLM would not start with these options on this GPU with this model.',
  MODEL_DOES_NOT_FIT: 'The weights or the longest sequence do not fit into the memory of the GPU.',
  RUN_NOT_FOUND: 'The folder or file holds no result of Fairlead.',
  RUN_UNREADABLE: 'The result file is damaged, or was written by another version.',
  RUNS_MISSING: 'Shards are not complete; the message says how to make what is missing.',
  RUNS_DIFFER: 'Two shards hold different results of the same run.',
  SHARDS_DIFFER: 'Folders are shards of different questions, or of different versions.',
  CONFIG_UNREADABLE: 'The configuration of the proxy, or a file it names, could not be read.',
  CONFIG_SYNTAX: 'The configuration of the proxy is not valid YAML or JSON.',
  CONFIG_INVALID: 'A key or value of the configuration of the proxy is unknown, missing or wrong.',
  LISTEN_FAILED: 'The proxy, or an emulated replica, could not listen at an address.',
  PROFILE_INVALID: 'A step-time profile is not valid JSON, or a key or value of it is wrong.',
  CALIBRATION_DATA_MISSING: 'The folder does not hold the calibration data.',
  RECORDS_INVALID: 'A file of request records has a wrong column or a damaged row.',
  TRACE_UNREADABLE: 'The trace file could not be read or unpacked.',
  TRACE_FORMAT_UNKNOWN: 'No trace format of this name, or none that the file looks like.',
  TRACE_OPTIONS: 'An option for reading a trace is unknown or out of range.',
  TRACE_INVALID: 'A row of a trace is damaged, or contradicts what was assumed about the file.',
  DECISIONS_UNREADABLE: 'The decision log could not be read.',
  DECISIONS_INVALID:
    'A line of a decision log is damaged or missing, or another version has written it.',
  TOKENIZER_INVALID: 'The tokenizer.json is not one of a kind from which words can be chosen.',
  EXPORT_UNSUPPORTED: 'A balancer cannot do what its configuration should say.',
  PROGRAM_MISSING: 'A program that has to be started is not installed.',
  PROGRAM_FAILED: 'A program did not start, or ended before its time.',
  TARGET_UNREACHABLE: 'No server answers at the URL.',
  TARGET_UNAUTHORIZED: 'The server wants an API key, or another one.',
  TARGET_NOT_OPENAI:
    "What answers at the URL does not serve OpenAI's API, or refuses what we send.",
  TARGET_MODEL_UNKNOWN: 'The server does not serve this model.',
  OUTPUT_NOT_WRITABLE: 'The folder for the results could not be written.',
  USAGE: 'The command line is wrong.',
} as const;

export type ErrorCode = keyof typeof errorTable;

/** A mistake of the user: what was found, where, and what to write instead. */
export class FairleadError extends Error {
  override readonly name = 'FairleadError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
