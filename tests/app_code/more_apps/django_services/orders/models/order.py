from django.db import models

from .base import BaseModel


class Order(BaseModel):
    buyer = models.ForeignKey("accounts.Customer", related_name="orders", db_column="customer_id", on_delete=models.CASCADE)
    status = models.CharField(max_length=10)

    class Meta:
        db_table = "shop_order"


class OrderItem(BaseModel):
    order = models.ForeignKey(Order, related_name="items", on_delete=models.CASCADE)
    product = models.ForeignKey("catalog.Product", on_delete=models.SET_NULL, null=True)
    quantity = models.IntegerField()

    class Meta:
        db_table = "shop_orderitem"
