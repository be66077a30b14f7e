import type { SupabaseClient } from "@supabase/supabase-js";
import { Table } from "./tables";

export const insertRow = (client: SupabaseClient, table: string, row: object) => client.from(table).insert(row);

export async function add(client: SupabaseClient, projectId: string, owner?: { id: string }) {
  await insertRow(client, Table.Tasks, { project_id: projectId, assignee_id: owner?.id });
  await client.from(Table.Archive).insert({ title: "kept" });
}

export const remove = (client: SupabaseClient, id: string) => client.from(Table.Tasks).delete().eq("id", id);
