import { z } from 'zod';

/**
 * One member of an open family (arrival processes, length distributions, step-time models): what it
 * is called, which options it takes, and how to make it. A family's registry is generated from the
 * files of its folder, so adding a member touches nothing else.
 */
export interface Plugin<Made, Context> {
  readonly kind: string;
  readonly summary: string;
  readonly schema: z.ZodObject;
  create(options: unknown, context: Context): Made;
}

export function definePlugin<Shape extends z.ZodRawShape, Made, Context>(plugin: {
  kind: string;
  summary: string;
  options: Shape;
  /** What is wrong with options that are each right by themselves. */
  problem?(options: z.output<z.ZodObject<Shape>>): string | undefined;
  create(options: z.output<z.ZodObject<Shape>>, context: Context): Made;
}): Plugin<Made, Context> {
  const options = z.strictObject({ kind: z.literal(plugin.kind), ...plugin.options });
  const schema = options.describe(plugin.summary).superRefine((parsed, context) => {
    const message = plugin.problem?.(parsed as unknown as z.output<z.ZodObject<Shape>>);
    if (message === undefined) return;
    context.addIssue({ code: 'custom', message, params: { complete: true } });
  });
  return {
    kind: plugin.kind,
    summary: plugin.summary,
    schema: schema as unknown as z.ZodObject,
    create: (given, context) => {
      const parsed = schema.parse(given) as unknown as z.output<z.ZodObject<Shape>>;
      return plugin.create(parsed, context);
    },
  };
}

/** The options of any member of the family, told apart by `kind`. */
export function pluginUnion<Made, Context>(plugins: readonly Plugin<Made, Context>[]) {
  const [first, ...rest] = plugins.map((plugin) => plugin.schema);
  return z.discriminatedUnion('kind', [first!, ...rest]);
}

export function createPlugin<Made, Context>(
  plugins: readonly Plugin<Made, Context>[],
  options: Readonly<Record<string, unknown>>,
  context: Context,
): Made {
  const plugin = plugins.find(({ kind }) => kind === options['kind']);
  if (plugin === undefined) throw new RangeError(`no plug-in of kind ${options['kind']}`);
  return plugin.create(options, context);
}
