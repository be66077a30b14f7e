export * from './tasks'
export * from './auth'
