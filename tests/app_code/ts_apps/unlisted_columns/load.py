def add(cursor, key, task):
    cursor.execute("INSERT INTO comments VALUES (%s, %s, %s, 'x')", (key, task, None))
