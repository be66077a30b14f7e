import { relations } from 'drizzle-orm'
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const user = pgTable('users', { id: uuid().primaryKey().defaultRandom(), email: text() })
