from django.db import models

from .customer import TimeAudit


class Order(TimeAudit):
    customer = models.ForeignKey("shop.Customer", on_delete=models.CASCADE, related_name="customer_orders")
    status = models.CharField(max_length=30, default="new")

    class Meta:
        db_table = "shop_order"
        ordering = ("-created_at",)

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.status = self.status or "new"
        super().save(*args, **kwargs)


class OrderItem(TimeAudit):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="order_items")
    product = models.ForeignKey("shop.Product", on_delete=models.SET_NULL, null=True, blank=True)
    quantity = models.IntegerField(default=1)

    class Meta:
        db_table = "shop_orderitem"
