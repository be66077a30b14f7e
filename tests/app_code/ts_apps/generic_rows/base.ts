import type { SupabaseClient } from "@supabase/supabase-js";

export abstract class Repository<T extends { id: string }> {
  protected abstract table: string;

  constructor(protected readonly client: SupabaseClient) {}

  async insert(row: Partial<T>) {
    const { data, error } = await this.client.from(this.table).insert(row).select().single();
    if (error) throw error;
    return data as T;
  }
}
