import { SupabaseClient } from '@supabase/supabase-js'

export abstract class BaseRepository<T> {
  constructor(protected readonly client: SupabaseClient, protected readonly tableName: string) {}

  async create(data: Partial<T>) {
    const { data: row, error } = await this.client.from(this.tableName).insert(data).select().single()
    if (error) throw error
    return row
  }

  async all() {
    return this.client.from(this.tableName).select('*')
  }
}
