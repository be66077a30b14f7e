from django.db import models


class TimeAudit(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Customer(TimeAudit):
    email = models.EmailField(unique=True)

    class Meta:
        db_table = "shop_customer"


class Product(TimeAudit):
    title = models.CharField(max_length=255)

    class Meta:
        db_table = "shop_product"
