from django.db import models


class Customer(models.Model):
    email = models.TextField()


class Product(models.Model):
    title = models.TextField()

    @staticmethod
    def current() -> "Product":
        return Product.objects.get(title="current")


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    status = models.TextField()
    receipt = models.FileField()

    def __enter__(self):
        self.save()
        return self

    def __exit__(self, *details):
        self.status = "done"
        self.save()


class GiftOrder(Order):
    """Its row stands in two tables; the customer's key in that of Order."""

    greeting = models.TextField()


class OpenOrder(Order):
    class Meta:
        proxy = True


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    quantity = models.IntegerField(default=1)

    def save(self, *args, **kwargs):
        if not self.product_id:
            self.product = Product.current()
        super().save(*args, **kwargs)
