from rest_framework import viewsets
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer

from .models import Order, OrderItem


class ItemSerializer(ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ["order", "product"]


class Orders(viewsets.ModelViewSet):
    queryset = Order.objects.all()

    def destroy(self, request, pk):
        order = self.get_object()
        order.delete()
        return Response(status=204)

    def give(self, request, pk):
        found = self.get_object()
        found.customer = None
        found.save()


class Items(viewsets.ModelViewSet):
    serializer_class = ItemSerializer

    def perform_destroy(self, instance):
        instance.delete()

    def perform_create(self, serializer):
        serializer.save()


class ListedRows(viewsets.ModelViewSet):
    def perform_create(self, serializer):
        serializer.save(order_id=self.kwargs["order"])


class ListedItems(ListedRows):
    serializer_class = ItemSerializer


def forget(customer, keys):
    orders = customer.order_set
    if keys:
        orders.filter(pk__in=keys).delete()
