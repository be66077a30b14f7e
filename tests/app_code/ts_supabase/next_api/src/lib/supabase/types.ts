export type Json = string | number | boolean | null

export interface Database {
  public: {
    Tables: {
      tasks: {
        Row: {
          id: string
          project_id: string | null
          assignee_id: string | null
          title: string | null
        }
        Insert: {
          id?: string
          project_id?: string | null
          assignee_id?: string | null
          title?: string | null
        }
        Update: {
          id?: string
          title?: string | null
        }
      }
    }
  }
}

export type TablesInsert<T extends keyof Database['public']['Tables']> =
  Database['public']['Tables'][T]['Insert']
