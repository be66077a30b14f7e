class CommonService:
    model = None

    @classmethod
    def save(cls, **kwargs):
        return cls.model(**kwargs).save(force_insert=True)

    @classmethod
    def insert_many(cls, data_list, batch_size=100):
        for i in range(0, len(data_list), batch_size):
            cls.model.insert_many(data_list[i : i + batch_size]).execute()

    @classmethod
    def delete_by_id(cls, pid):
        return cls.model.delete().where(cls.model.id == pid).execute()
