import { supabase } from "./client";

export const createApi = (client: typeof supabase) => ({
  add: (row) => client.from("projects").insert(row),
});

export const start = async (team: string) => createApi(supabase).add({ team_id: team });
