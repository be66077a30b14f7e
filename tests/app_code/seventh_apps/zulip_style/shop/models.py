from django.db import models
from django.db.models import CASCADE


class ShopCustomer(models.Model):
    email = models.EmailField()

    class Meta:
        db_table = "shop_customer"


class Purchase(models.Model):
    customer = models.ForeignKey(ShopCustomer, on_delete=CASCADE)
    status = models.TextField()

    class Meta:
        db_table = "shop_order"


class AbstractLine(models.Model):
    purchase = models.ForeignKey(Purchase, db_column="order_id", on_delete=CASCADE)
    quantity = models.IntegerField(default=1)

    class Meta:
        abstract = True


class PurchaseLine(AbstractLine):
    product_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "shop_orderitem"

    @staticmethod
    def make(purchase: Purchase, product_id: int) -> "PurchaseLine":
        return PurchaseLine.objects.create(purchase=purchase, product_id=product_id)
