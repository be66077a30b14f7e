import { z } from "zod";

export const ZCreateInputSchema = z.object({
  title: z.string(),
  slug: z.string().optional(),
  teamId: z.string().nullish(),
});

export type TCreateInputSchema = z.infer<typeof ZCreateInputSchema>;
