export type Database = {
  public: {
    Tables: {
      projects: {
        Row: { id: string; team_id: string; owner_id: string; name: string | null }
        Insert: { id?: string; team_id: string; owner_id: string; name?: string | null }
        Update: { id?: string; team_id?: string; owner_id?: string; name?: string | null }
        Relationships: []
      }
    }
  }
}

type PublicSchema = Database[Extract<keyof Database, "public">]

export type TablesInsert<PublicTableNameOrOptions extends keyof PublicSchema["Tables"]> = PublicSchema["Tables"][PublicTableNameOrOptions] extends { Insert: infer I } ? I : never
export type TablesUpdate<T extends keyof PublicSchema["Tables"]> = any
