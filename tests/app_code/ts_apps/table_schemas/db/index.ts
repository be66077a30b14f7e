import { drizzle } from "drizzle-orm/node-postgres";
import * as Tables from "./schema";

export { Tables };
export const connect = (url: string) => drizzle(url, { schema: Tables });
